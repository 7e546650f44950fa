#!/bin/sh
# Puts the signing certificate into a keychain of its own, for the time of a build on a runner.
# Wants CERTIFICATE_P12 (base64), CERTIFICATE_PASSWORD; prints the identity's name.
set -eu
if [ -z "${CERTIFICATE_P12:-}" ]; then
    echo "No CERTIFICATE_P12: nothing is put into a keychain, and the app will be signed ad hoc." >&2
    exit 0
fi
keychain="${RUNNER_TEMP:-/tmp}/groundglass-signing.keychain-db"
certificate="${RUNNER_TEMP:-/tmp}/groundglass-signing.p12"
password="$(openssl rand -base64 24)"
trap 'rm -f "$certificate"' EXIT
printf '%s' "$CERTIFICATE_P12" | base64 --decode > "$certificate"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 21600 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$certificate" -k "$keychain" -P "$CERTIFICATE_PASSWORD" -T /usr/bin/codesign >&2
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
# The runner's own keychains stay in the search list.
# shellcheck disable=SC2046 -- a list of keychains
security list-keychains -d user -s "$keychain" $(security list-keychains -d user | tr -d '"')
security find-identity -v -p codesigning "$keychain" | sed -n 's/.*"\(Developer ID Application: .*\)"/\1/p' | head -n 1
