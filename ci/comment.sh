#!/usr/bin/env bash
# Writes a file as a comment on a pull request, or edits the comment that begins with the same line: comment.sh FILE NUMBER
set -euo pipefail

file=$1 number=$2
mark=$(head -n 1 "$file")
comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"
known=$(gh api --paginate "$comments" --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$mark\"))) | .id" | head -n 1)

if [ -z "$known" ]; then
  gh api "$comments" --method POST --field body=@"$file" > /dev/null
elif [ "$(gh api "repos/$GITHUB_REPOSITORY/issues/comments/$known" --jq .body)" != "$(cat "$file")" ]; then
  gh api "repos/$GITHUB_REPOSITORY/issues/comments/$known" --method PATCH --field body=@"$file" > /dev/null
fi
