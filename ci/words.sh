# shellcheck shell=bash
# read_words TEXT: adds the arguments in a text to the array `words`. In a text of several lines, each line is one argument;
# in a single line, blanks separate them.
read_words() {
  local line more
  if [[ $1 != *$'\n'* ]]; then
    read -r -a more <<< "$1"
    words+=("${more[@]}")
    return
  fi
  while IFS= read -r line; do
    if [ -n "$line" ]; then
      words+=("$line")
    fi
  done <<< "$1"
}
