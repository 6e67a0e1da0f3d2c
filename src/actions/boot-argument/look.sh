# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh, the file action's place.sh and generated.sh go before it
# Says how far a run got, how the defaults are and what is booted, without changing anything: look.sh RUN KEY PATH FOLDERS
run=$1 key=$2 path=$3 folders=$4 generator='' config=''

find_place "$path" "$folders"
say phase "$(phase_of "$home/runs/$run/$key")"
say state "$(state_of "$target")"
say_blob state "$(nm_grub_state)"
say outcome 'done'
