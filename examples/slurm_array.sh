#!/usr/bin/env bash
# An experiment as an array of jobs that share nothing but a folder: `sbatch slurm_array.sh`.
#
# Each job is the same program. It takes runs that nobody else has taken, and ends when none is
# left; jobs may begin whenever there is room for them. One that is killed, or whose time is over,
# loses nothing: its runs are taken over by the others, or by the next array.
#SBATCH --job-name=fescue
#SBATCH --array=1-100
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
set -euo pipefail

RESULTS="${RESULTS:-/shared/results}" # a folder that all machines see

# SIGTERM, which comes a minute before the end of the job's time, ends the program in order
exec fescue run jssp --instances ft06,la24,abz7 --algorithms rls,ea,hc,sa --runs 3 \
    --max-fes 20000 --out "$RESULTS" --jobs "${SLURM_CPUS_PER_TASK:-1}" --quiet
