#!/bin/sh
# Makes the Linux downloads from dist/groundglass: a .tar.gz that runs anywhere, and a .deb.
set -eu
cd "$(dirname "$0")/../.."
version="$(python3 packaging/plist.py)"
epoch="$(git log -1 --format=%ct 2>/dev/null || echo 1700000000)"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

# The archive: the bundle with its menu entry and icon, in one folder named after the version.
name="Groundglass-$version-linux-x86_64"
mkdir "$tree/$name"
cp -a dist/groundglass/. "$tree/$name/"
cp packaging/linux/groundglass.desktop resources/icons/app/groundglass.svg "$tree/$name/"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$tree" \
    -czf "dist/$name.tar.gz" "$name"

# The package: the bundle under /opt, a command in /usr/bin, an entry in the menus.
# With zstd, far quicker to make than xz; all systems read it that are new enough for the libc.
root="$tree/deb"
install -d "$root/DEBIAN" "$root/opt" "$root/usr/bin" "$root/usr/share/doc/groundglass"
mv "$tree/$name" "$root/opt/groundglass"
rm "$root/opt/groundglass/groundglass.desktop" "$root/opt/groundglass/groundglass.svg"
ln -s ../../opt/groundglass/groundglass "$root/usr/bin/groundglass"
install -D -m 644 packaging/linux/groundglass.desktop \
    "$root/usr/share/applications/groundglass.desktop"
install -D -m 644 resources/icons/app/groundglass.svg \
    "$root/usr/share/icons/hicolor/scalable/apps/groundglass.svg"
install -m 644 LICENSE "$root/usr/share/doc/groundglass/copyright"
sed -e "s/@VERSION@/$version/" -e "s/@KIB@/$(du -sk "$root" | cut -f1)/" \
    packaging/linux/control.in > "$root/DEBIAN/control"
SOURCE_DATE_EPOCH="$epoch" dpkg-deb --root-owner-group -Zzstd -z15 --build "$root" \
    "dist/groundglass_${version}_amd64.deb" >/dev/null
ls -l "dist/$name.tar.gz" "dist/groundglass_${version}_amd64.deb"
