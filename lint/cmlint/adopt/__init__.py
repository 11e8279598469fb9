"""What lets a repository with old findings begin: what is new since a commit, a baseline, comments, a first setup."""
