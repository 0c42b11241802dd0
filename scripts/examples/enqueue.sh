#!/usr/bin/env bash
# Enqueues the reminder sweep of a day (default today). The key makes sure of one sweep a day, however often this runs.
set -euo pipefail
day=${1:-$(TZ=Asia/Ho_Chi_Minh date +%F)}
kip enqueue reminder-sweep --payload "{\"asOf\": \"$day\"}" --key "reminder-sweep/$day"
