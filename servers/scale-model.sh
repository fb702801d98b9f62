#!/bin/sh
# Starts the harness in the container `scale`, and hands it the container's control group to divide into CPU quotas.
set -eu
user=${BENCH_USER:-1000:1000}
groups=/sys/fs/cgroup

if [ -f "$groups/cgroup.controllers" ]; then
  # Version 2 divides no group with processes in it, so the ones that are here move into a group of their own.
  mkdir -p "$groups/harness"
  while read -r pid; do
    # One that has ended since cannot move; one that has not would keep the next line from working.
    echo "$pid" >"$groups/harness/cgroup.procs" 2>/dev/null || true
  done <"$groups/cgroup.procs"
  echo +cpu >"$groups/cgroup.subtree_control"
  chown "$user" "$groups" "$groups/cgroup.procs" "$groups/cgroup.subtree_control"
else
  chown "$user" "$groups/cpu" "$groups/cpu/cgroup.procs"
fi

exec setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups node --import tsx bench/cli.ts "$@"
