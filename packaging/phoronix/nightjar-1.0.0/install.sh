#!/bin/sh
# Measures the installed nightjar, the one that PATH or NIGHTJAR names: there is nothing to download or build.
if ! command -v "${NIGHTJAR:-nightjar}" >/dev/null 2>&1; then
    echo "nightjar is not installed: 'make install' in its source, or set NIGHTJAR to the program" >&2
    echo 2 >~/install-exit-status
    exit
fi
cat >nightjar <<'RUN'
#!/bin/sh
# One result, as a number in H/s; no line for hashes that were not verified.
"${NIGHTJAR:-nightjar}" bench "$@" --json >"$LOG_FILE.json" 2>"$LOG_FILE"
status=$?
sed -n 's|.*"hashrate":\([0-9][0-9.e+-]*\),.*|Speed: \1 H/s|p' "$LOG_FILE.json" >>"$LOG_FILE"
echo $status >~/test-exit-status
RUN
chmod +x nightjar
echo 0 >~/install-exit-status
