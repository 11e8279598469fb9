"""Files as the systems that host a repository name them: from its root, and not from the working directory."""

from __future__ import annotations

import os

from cmlint.sources.files import STDIN


class Repository:
    """The repository around the working directory; where there is none, that directory itself."""

    def __init__(self) -> None:
        self.here = self.root = os.getcwd()
        while not os.path.exists(os.path.join(self.root, ".git")):
            above = os.path.dirname(self.root)
            if above == self.root:
                self.root = self.here
                return
            self.root = above

    def path(self, shown: str) -> str:
        """A path as it is shown, seen from the root; outside of the repository it is absolute."""
        if shown == STDIN:
            return shown
        full = os.path.normpath(os.path.join(self.here, shown))
        name = os.path.relpath(full, self.root)
        return (full if name.startswith(os.pardir) else name).replace(os.sep, "/")

    def address(self, shown: str, line: int) -> str | None:
        """Where a line can be read in a browser, in the pipelines of GitHub and GitLab."""
        from urllib.parse import quote

        known = os.environ.get
        path = quote(os.fsencode(self.path(shown)))
        if (server := known("GITHUB_SERVER_URL")) and (name := known("GITHUB_REPOSITORY")):
            return f"{server}/{name}/blob/{known('GITHUB_SHA', 'HEAD')}/{path}#L{line}"
        if project := known("CI_PROJECT_URL"):
            return f"{project}/-/blob/{known('CI_COMMIT_SHA', 'HEAD')}/{path}#L{line}"
        return None
