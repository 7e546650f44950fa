#!/bin/sh
# Makes dist/Groundglass-VERSION-arm64.dmg: the app and a link to Applications.
set -eu
cd "$(dirname "$0")/../.."
version="$(python3 packaging/plist.py)"
image="dist/Groundglass-$version-arm64.dmg"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
ditto dist/Groundglass.app "$folder/Groundglass.app"
ln -s /Applications "$folder/Applications"
rm -f "$image"
# The malware scanner may hold the new volume for a moment ("Resource busy").
for pause in 5 15 45; do
    if hdiutil create -volname Groundglass -srcfolder "$folder" -fs HFS+ -format ULFO -ov "$image"; then
        break
    fi
    sleep "$pause"
done
hdiutil verify "$image"
[ -z "${CODESIGN_IDENTITY:-}" ] || codesign --timestamp --sign "$CODESIGN_IDENTITY" "$image"
echo "$image"
