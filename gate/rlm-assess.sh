#!/usr/bin/env bash
# usage: bash <rlm-bridge, at a commit>/gate/rlm-assess.sh, in the checkout that is judged
# Installs the command of its own commit outside of the checkout, judges what the checkout changes, and exits as rlm assess does:
# for CI systems that have no file of their own here, and machines that have no CI. All of its variables may be missing:
#   RLM_BASE                   what the work started from; default: the remote's HEAD, main or master
#   RLM_FAIL_ON, RLM_BUDGET    high, and 5 in USD
#   RLM_HTML, RLM_JUNIT        reports, in the folder it is started in; default: rlm.html, rlm-junit.xml; empty for none
#   RLM_JSON                   the report that RLM_PREVIOUS and RLM_TREND of a later job take; default: none
#   RLM_PREVIOUS, RLM_TREND    such a report of before, and of the base branch; one that is not there yet is left out
#   RLM_ARGS                   further flags, separated by blanks
#   RLM_KEPT                   folder that is kept from job to job; default: rlm-gate in the user's cache folder
set -euo pipefail

source=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
checkout=$(pwd -P)
keys=(ANTHROPIC_API_KEY OPENAI_API_KEY OPENROUTER_API_KEY GEMINI_API_KEY)
# No program but the judging one gets a key, and none is looked for in what is judged.
export -n "${keys[@]}"
cd /

RLM_JUDGED=$(git -C "$checkout" rev-parse --show-toplevel) || {
  echo "rlm: $checkout is no checkout of git: start this in what is to be judged." >&2
  exit 2
}
commit=$(git -C "$checkout" rev-parse HEAD)
kept=${RLM_KEPT:-${XDG_CACHE_HOME:-${HOME:?rlm: set RLM_KEPT, or HOME}/.cache}/rlm-gate}
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
RLM_JUDGED=$RLM_JUDGED RLM_KEPT=$kept bash "$source/gate/install" "$folder"

fail_on=${RLM_FAIL_ON:-high}
budget=${RLM_BUDGET:-5}
html=${RLM_HTML-rlm.html}
junit=${RLM_JUNIT-rlm-junit.xml}
json=${RLM_JSON:-}
read -r -a more <<< "${RLM_ARGS:-}"
asked=(--changed --fail-on "$fail_on" --budget "$budget")
# A flag with its value, where there is one.
given() { if [ -n "$2" ]; then asked+=("$1" "$2"); fi; }
given --base "${RLM_BASE:-}"
given --report "${html:+html=$html}"
given --report "${junit:+junit=$junit}"
given --report "${json:+json=$json}"
asked+=(${more[@]+"${more[@]}"})
id=$(printf '%s\0' "$checkout" "$commit" "${asked[@]}" | git hash-object --stdin)
# Each assessment has a store of its own: jobs side by side leave each other's alone.
asked+=(--cache-dir "$kept/judgements" --store "$kept/runs/$id" --assessment-id "$id")

# On the page of the build, where an agent can show it; from a file that no change can have made.
agent=$(command -v buildkite-agent) || agent=
given --report "${agent:+md=$folder/rlm.md}"

cd "$checkout"
# A first job has nothing before it, which is no error here.
if [ -e "${RLM_PREVIOUS:-}" ]; then given --previous "$RLM_PREVIOUS"; fi
if [ -e "${RLM_TREND:-}" ]; then given --trend "$RLM_TREND"; fi
code=0
(export "${keys[@]}" && exec "$folder/bin/rlm" assess "${asked[@]}") || code=$?
# What came to an end is in the judgements; a job that was cut off goes on from its runs.
if [ "$code" -lt 128 ]; then rm -rf -- "$kept/runs/$id"; fi

case $code in 0) style=success ;; 1) style=error ;; *) style=warning ;; esac
cd /
if [ -s "$folder/rlm.md" ]; then
  "$agent" annotate --style "$style" --context rlm-assess < "$folder/rlm.md" || echo "rlm: the build could not be annotated." >&2
fi
exit "$code"
