#!/usr/bin/env bash
# Installs cmlint and the programs that it runs, helm and kustomize, for all users: install.sh [FOLDER]
#
# FOLDER is where the programs go, by default /usr/local/bin. Every download is compared with its published checksum.
# CMLINT_VERSION, HELM_VERSION and KUSTOMIZE_VERSION choose versions, HELM_URL and KUSTOMIZE_URL mirrors. An empty
# HELM_VERSION or KUSTOMIZE_VERSION leaves the program out. CMLINT_PACKAGE names another package, such as a wheel.
set -euo pipefail

folder=${1:-/usr/local/bin}
helm=${HELM_VERSION-v3.20.2}
kustomize=${KUSTOMIZE_VERSION-v5.8.1}
case $(uname -m) in
  x86_64) machine=amd64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) echo "install.sh: no programs for $(uname -m)" >&2 && exit 2 ;;
esac
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

# fetch URL FILE
fetch() {
  python3 -I -c 'import shutil, sys, urllib.request as request
with request.urlopen(sys.argv[1], timeout=60) as answer, open(sys.argv[2], "wb") as file:
    shutil.copyfileobj(answer, file)' "$1" "$temporary/$2"
}

# program NAME URL ARCHIVE CHECKSUMS: unpacks a program from an archive whose checksum is in a published file
program() {
  local name=$1 url=$2 archive=$3 checksums=$4
  fetch "$url/$archive" "$archive"
  fetch "$url/$checksums" "$name.sums"
  grep -E "[ *]$archive\$" "$temporary/$name.sums" > "$temporary/$name.sum"
  (cd "$temporary" && sha256sum --check --quiet "$name.sum")
  mkdir "$temporary/$name"
  tar --extract --gzip --directory "$temporary/$name" --file "$temporary/$archive"
  install -D --mode 755 "$(find "$temporary/$name" -name "$name" -type f)" "$folder/$name"
}

if [ -n "$helm" ]; then
  archive="helm-$helm-linux-$machine.tar.gz"
  program helm "${HELM_URL:-https://get.helm.sh}" "$archive" "$archive.sha256sum"
fi
if [ -n "$kustomize" ]; then
  releases=https://github.com/kubernetes-sigs/kustomize/releases/download
  program kustomize "${KUSTOMIZE_URL:-$releases/kustomize%2F$kustomize}" \
    "kustomize_${kustomize}_linux_$machine.tar.gz" checksums.txt
fi
constraints=$(dirname "${BASH_SOURCE[0]}")/../constraints-light.txt
python3 -I -m pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action ignore \
  --constraint "$constraints" "${CMLINT_PACKAGE:-cmlint${CMLINT_VERSION:+==$CMLINT_VERSION}}"
