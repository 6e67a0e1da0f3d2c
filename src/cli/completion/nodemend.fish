# Completion of nodemend for fish, made by `nodemend completion fish`. Starts no process.
#   nodemend completion fish >~/.config/fish/completions/nodemend.fish
# Below it stand, for the commands of that version, which options take a value, and what is completed where.

# Prints what stands before the cursor as PATH (the words of the command, each with a blank before it) and COUNT (of its arguments).
function __nodemend_place
    set -l place ''
    set -l count 0
    set -l pending ''
    set -l rest ''
    set -l tokens (commandline -opc)
    for word in $tokens[2..-1]
        if test -n "$pending"
            set pending ''
        else if test "$word" = --
            set rest yes
        else if test -z "$rest"; and string match -q -- '-*' "$word"
            if contains -- "$place $word" $__nodemend_valued
                set pending "$word"
            end
        else if test $count -eq 0; and contains -- "$place $word" $__nodemend_paths
            set place "$place $word"
        else
            set count (math $count + 1)
        end
    end
    printf '%s\n' "$place" $count
end

# __nodemend_at PATH: whether the cursor is behind this command
function __nodemend_at
    set -l place (__nodemend_place)
    test "$place[1]" = "$argv[1]"
end

# __nodemend_argument PATH FIRST LAST: whether the cursor is at one of these arguments of this command
function __nodemend_argument
    set -l place (__nodemend_place)
    test "$place[1]" = "$argv[1]"; and test $place[2] -ge $argv[2]; and test $place[2] -le $argv[3]
end

# Runs whose journal is on this machine.
function __nodemend_runs
    set -l state "$XDG_STATE_HOME"
    test -n "$state"; or set state "$HOME/.local/state"
    for file in "$state"/nodemend/runs/*.jsonl
        string replace -r '.*/(.*)\.jsonl$' '$1' -- "$file"
    end
end

complete -c nodemend -e
complete -c nodemend -f
