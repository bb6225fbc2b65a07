#!/bin/sh
# cspell:ignore sourcelist sourceparts libksba
# Brings gpgsm 2.4, which can hold a key on P-256, to a Debian whose own is
# older: from Debian's next release, by apt and its keys, into .cache/gnupg of
# this checkout. Neither the packages of the machine nor its sources are
# touched, and root is not needed. The programs run through the loader and the
# libraries they came with.
set -eu
release=trixie
keys=/usr/share/keyrings/debian-archive-keyring.gpg
cd "$(dirname "$0")/.."
place=$PWD/.cache/gnupg
for found in gpgsm "$place/bin/gpgsm"; do
  case $("$found" --version 2>/dev/null | head -n 1) in
    *' 2.'[4-9].* | *' 2.'[1-9][0-9].* | *' '[3-9].*) exit 0 ;;
  esac
done
for needed in apt-get dpkg "$keys"; do
  command -v "$needed" >/dev/null || [ -r "$needed" ] || { echo "no $needed here: gpgsm 2.4 is brought on Debian only" >&2; exit 1; }
done

work=$(mktemp -d)
made=$place.$$
trap 'rm -rf "$work" "$made"' EXIT
trap 'exit 1' INT TERM
chmod 755 "$work" # apt reads as a user of its own
mkdir -p "$work/parts" "$work/state" "$work/cache" "$made/bin"
: >"$work/none"
architecture=$(dpkg --print-architecture)
cat >"$work/parts/newer.sources" <<SOURCES
Types: deb
URIs: http://deb.debian.org/debian
Suites: $release
Components: main
Architectures: $architecture
Signed-By: $keys
SOURCES

# With nothing installed (status), so that every library comes along.
apt() {
  apt-get -qq \
    -o Dir::Etc::sourcelist="$work/none" -o Dir::Etc::sourceparts="$work/parts" \
    -o Dir::State="$work/state" -o Dir::State::status="$work/none" -o Dir::Cache="$work/cache" \
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o APT::Update::Post-Invoke-Success= -o APT::Get::AllowUnauthenticated=false "$@"
}
apt update
apt install --yes --download-only --no-install-recommends gpgsm gpg-agent >/dev/null
for package in "$work"/cache/archives/*.deb; do dpkg -x "$package" "$made"; done

loader=$(cd "$made" && find usr/lib* -name 'ld-linux*.so.*' | head -n 1)
libraries=$(cd "$made" && find usr/lib -name libksba.so.8 | head -n 1)
for program in gpgsm gpg-agent; do
  agent=
  [ "$program" = gpg-agent ] || agent=" --agent-program '$place/bin/gpg-agent'"
  cat >"$made/bin/$program" <<PROGRAM
#!/bin/sh
exec '$place/$loader' --argv0 $program --library-path '$place/${libraries%/*}' '$place/usr/bin/$program'$agent "\$@"
PROGRAM
  chmod 755 "$made/bin/$program"
done
# What is half there would be taken for whole.
rm -rf "$place"
mv "$made" "$place"
"$place/bin/gpgsm" --version | head -n 1
