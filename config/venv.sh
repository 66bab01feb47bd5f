#!/bin/sh
# Make .venv hold the pinned packages of a requirements file: sh config/venv.sh PYTHON REQUIREMENTS
# Quick when nothing changed: .venv/installed keeps the Python and the contents it was filled from.
set -eu
python=$1
requirements=$2
venv=.venv

fingerprint() {
    "$python" -c 'import hashlib, sys; print(*sys.version_info[:2], hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
}

wanted=$(fingerprint "$requirements")
if [ -x $venv/bin/python ] && grep -qxF "$wanted" $venv/installed 2>/dev/null; then
    exit 0
fi

version=$(echo "$wanted" | cut -d' ' -f1,2)
if [ "$($venv/bin/python -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null || true)" != "$version" ]; then
    echo "Making the virtual environment .venv with $("$python" --version)"
    rm -rf $venv
    # Some systems ship Python without ensurepip: then the system's own pip fills the environment.
    "$python" -m venv $venv >/dev/null 2>&1 || { rm -rf $venv && "$python" -m venv --without-pip $venv; }
fi
if $venv/bin/python -m pip --version >/dev/null 2>&1; then
    pip="$venv/bin/python -m pip"
elif "$python" -m pip --python $venv/bin/python --version >/dev/null 2>&1; then
    pip="$python -m pip --python $venv/bin/python"
else
    echo "parley: $python has neither ensurepip nor a pip of 22.3 or newer: install your system's python3-venv." >&2
    exit 2
fi

echo "Installing the $(grep -c '^[a-z].*==' "$requirements") packages of $requirements (once; it may take a minute or two)"
rm -f $venv/installed
$pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$requirements" &
installing=$!
trap 'kill $installing 2>/dev/null' INT TERM
seconds=0
while kill -0 $installing 2>/dev/null; do # a sign of life, as pip is told to be quiet
    sleep 1
    seconds=$((seconds + 1))
    [ $((seconds % 10)) -ne 0 ] || echo "  $seconds seconds, $(du -sm $venv | cut -f1) MB so far"
done
wait $installing

# requirements-dev.txt repeats the pins of requirements.txt, so that it serves both.
{ echo "$wanted"; [ "$requirements" = requirements.txt ] || fingerprint requirements.txt; } >$venv/installed
