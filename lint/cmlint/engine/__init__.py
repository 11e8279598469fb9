"""Rules and what runs them: one walk over a bundle gives findings, of which some are suppressed."""
