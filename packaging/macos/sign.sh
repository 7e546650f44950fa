#!/bin/sh
# Signs dist/Groundglass.app for the hardened runtime: with the certificate named by
# CODESIGN_IDENTITY, or ad hoc (runs on this Mac and, after "Open anyway", on others) without one.
set -eu
cd "$(dirname "$0")/../.."
app=dist/Groundglass.app
if [ -z "${CODESIGN_IDENTITY:-}" ]; then
    echo "No CODESIGN_IDENTITY: the app is signed ad hoc. Other Macs ask before they open it."
    codesign --force --deep --sign - "$app"
else
    codesign --force --deep --timestamp --options runtime \
        --entitlements packaging/macos/entitlements.plist --sign "$CODESIGN_IDENTITY" "$app"
fi
codesign --verify --deep --strict --verbose=2 "$app"
