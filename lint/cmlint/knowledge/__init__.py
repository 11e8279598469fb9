"""What cmlint knows of controllers, platforms and conventions: tables with their sources, and no logic."""
