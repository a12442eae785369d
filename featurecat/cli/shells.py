"""What shells run to complete a command line, and how they say what was typed.

Click has scripts of its own. These differ in that they hand on the line as it was typed: bash takes words apart at
colons, which a selection is full of, and what stands in quotes is one word with spaces in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["BREAKS", "LINE", "SCRIPTS", "TypedLine", "answer_lines", "read_line"]

#: Set in the environment by the scripts: the line up to the cursor, and the characters at which bash takes it apart.
LINE: Final = "_FEATURECAT_LINE"
BREAKS: Final = "_FEATURECAT_BREAKS"

_BASH = r"""_featurecat_completion() {
    local kind value
    COMPREPLY=()
    while IFS=$'\t' read -r kind value; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            dir) compopt -o dirnames 2> /dev/null ;;
            file) compopt -o default 2> /dev/null ;;
        esac
    done < <(
        _FEATURECAT_COMPLETE=bash_complete _FEATURECAT_LINE="${COMP_LINE:0:COMP_POINT}" \
            _FEATURECAT_BREAKS="$COMP_WORDBREAKS" "$1" 2> /dev/null
    )
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]]; then
        compopt -o nospace 2> /dev/null
    fi
    return 0
}
complete -o nosort -F _featurecat_completion featurecat 2> /dev/null ||
    complete -F _featurecat_completion featurecat
"""

_ZSH = r"""#compdef featurecat

_featurecat_completion() {
    local kind value about
    local -a plain open described
    (( ! $+commands[featurecat] )) && return 1
    while IFS=$'\t' read -r kind value about; do
        case $kind in
            plain)
                if [[ -n $about ]]; then
                    described+=("${value//:/\\:}:$about")
                elif [[ $value == *: ]]; then
                    open+=("$value")
                else
                    plain+=("$value")
                fi
                ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done < <(
        _FEATURECAT_COMPLETE=zsh_complete \
            _FEATURECAT_LINE="${(j: :)words[1,CURRENT-1]} ${QIPREFIX}${PREFIX}" featurecat 2> /dev/null
    )
    (( $#described )) && _describe -V unsorted described
    (( $#plain )) && compadd -V unsorted -a plain
    (( $#open )) && compadd -S '' -V unsorted -a open
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _featurecat_completion "$@"
else
    compdef _featurecat_completion featurecat
fi
"""

_FISH = r"""function __featurecat_completion
    set -l line (commandline -cp)
    for answer in (env _FEATURECAT_COMPLETE=fish_complete _FEATURECAT_LINE="$line" featurecat 2> /dev/null)
        set -l parts (string split -m 2 \t -- $answer)
        switch $parts[1]
            case plain
                if set -q parts[3]
                    printf '%s\t%s\n' $parts[2] $parts[3]
                else
                    printf '%s\n' $parts[2]
                end
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                __fish_complete_path (commandline -ct)
        end
    end
end
complete --no-files --keep-order --command featurecat --arguments '(__featurecat_completion)'
"""

#: Shell to its script.
SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A command line up to the cursor, taken apart as a shell does.

    Attributes:
        words: The words before the last one, the program's name left out.
        typed: The last word, without its quotes.
        kept: How much of it the shell leaves as it is: what is offered stands in the place of the rest.
    """

    words: tuple[str, ...]
    typed: str
    kept: int = 0


def read_line(line: str, breaks: str = "") -> TypedLine:
    """Take a command line apart.

    Args:
        line: As typed, up to the cursor.
        breaks: Characters at which a shell begins a new word to complete.

    Example:
        >>> read_line("featurecat list 'tag:delay & own", ":").typed
        'tag:delay & own'
        >>> read_line("featurecat list tag:del", ":")
        TypedLine(words=('list',), typed='tag:del', kept=4)
    """
    return _LineReader(breaks).read(line)


class _LineReader:
    """Reads a line sign by sign.

    Attributes:
        words: The words that are done.
        word: The word at hand; None between words.
        quote: The quote that is open, or nothing.
        kept: How much of the word stands before the last break.
        opened: How much of it stands before the quote that is open.
    """

    def __init__(self, breaks: str) -> None:
        self.breaks = breaks
        self.words: list[str] = []
        self.word: str | None = None
        self.quote = ""
        self.kept = 0
        self.opened = 0

    def read(self, line: str) -> TypedLine:
        signs = iter(line)
        for sign in signs:
            if self.quote:
                self.quoted(sign, signs)
            else:
                self.plain(sign, signs)
        typed = self.word or ""
        return TypedLine(tuple(self.words[1:]), typed, self.opened if self.quote else self.kept)

    def quoted(self, sign: str, signs: Iterator[str]) -> None:
        word = self.word or ""
        if sign == self.quote:
            self.quote, self.kept = "", len(word)
        else:
            self.word = word + (next(signs, "") if sign == "\\" and self.quote == '"' else sign)

    def plain(self, sign: str, signs: Iterator[str]) -> None:
        word = self.word or ""
        if sign in "'\"":
            self.quote, self.word, self.opened = sign, word, len(word)
        elif sign.isspace():
            self.words += [] if self.word is None else [word]
            self.word, self.kept = None, 0
        else:
            self.word = word + (next(signs, "") if sign == "\\" else sign)
            self.kept = len(self.word) if sign in self.breaks else self.kept


def answer_lines(offered: Iterable[tuple[str, str, str | None]], kept: int) -> list[str]:
    """What the scripts read: a line for each word that is offered.

    Args:
        offered: ``plain``, ``dir`` or ``file``; the whole word; what it means.
        kept: How much of the word the shell has already.
    """
    return [
        "\t".join([kind, value[kept:], *([" ".join(about.split())] if about else [])]) for kind, value, about in offered
    ]
