#!/bin/sh
# Installs Cytoscribe for your own account: no root. `./install.sh`; a newer version replaces the older one.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
bin=${CYTOSCRIBE_BIN:-$HOME/.local/bin}
program=$data/cytoscribe-program

if [ ! -x "$here/cytoscribe/cytoscribe" ]; then
    echo "install.sh: the folder cytoscribe is not beside this script. Unpack the whole archive and try again." >&2
    exit 1
fi
mkdir -p "$data/applications" "$data/mime/packages" "$bin"
# First the new one beside the old, then one takes the other's place: an interrupted copy spoils nothing
rm -rf "$program.new" "$program.old"
cp -R "$here/cytoscribe" "$program.new"
cp "$here/uninstall.sh" "$program.new/uninstall.sh"
if [ -e "$program" ]; then mv "$program" "$program.old"; fi
mv "$program.new" "$program"
rm -rf "$program.old"
ln -sf "$program/cytoscribe" "$bin/cytoscribe"

for size in 16 24 32 48 64 128 256 512; do
    mkdir -p "$data/icons/hicolor/${size}x${size}/apps"
    cp "$here/icons/cytoscribe-$size.png" "$data/icons/hicolor/${size}x${size}/apps/cytoscribe.png"
done
mkdir -p "$data/icons/hicolor/scalable/apps"
cp "$here/icons/cytoscribe.svg" "$data/icons/hicolor/scalable/apps/cytoscribe.svg"
# Quoted as desktop entries want it; & and | mean something to sed
entry=$(printf '%s' "$program/cytoscribe" | sed 's/[&|\\]/\\&/g')
sed -e "s|^Exec=@PROGRAM@|Exec=\"$entry\"|" -e "s|@PROGRAM@|$entry|" "$here/cytoscribe.desktop" \
    > "$data/applications/cytoscribe.desktop"
cp "$here/cytoscribe-mime.xml" "$data/mime/packages/cytoscribe.xml"

# What desktops remember; where these programs are not there, they look themselves
command -v update-mime-database >/dev/null && update-mime-database "$data/mime" || true
command -v update-desktop-database >/dev/null && update-desktop-database -q "$data/applications" || true
command -v gtk-update-icon-cache >/dev/null && gtk-update-icon-cache -q -t -f "$data/icons/hicolor" || true

echo "Cytoscribe is installed in $program. Find it among your applications, or start $bin/cytoscribe."
case ":$PATH:" in
    *":$bin:"*) ;;
    *) echo "To start it as \`cytoscribe\` in a terminal, add $bin to your PATH." ;;
esac
