#!/bin/sh
# Has Apple check a signed file and staples the ticket to it: notarize.sh dist/Groundglass.app
# Wants NOTARY_APPLE_ID, NOTARY_TEAM_ID and NOTARY_PASSWORD (an app-specific one).
set -eu
target="$1"
if [ -z "${NOTARY_APPLE_ID:-}" ]; then
    echo "No NOTARY_APPLE_ID: $target is not notarised. Other Macs ask before they open it."
    exit 0
fi
sent="$target"
case "$target" in
*.app)
    sent="${target%.app}.zip"
    ditto -c -k --keepParent "$target" "$sent"
    ;;
esac
xcrun notarytool submit "$sent" --wait --timeout 45m --apple-id "$NOTARY_APPLE_ID" \
    --team-id "$NOTARY_TEAM_ID" --password "$NOTARY_PASSWORD"
[ "$sent" = "$target" ] || rm -f "$sent"
xcrun stapler staple "$target"
xcrun stapler validate "$target"
