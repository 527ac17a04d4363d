import { catalogue } from '../src/config/catalogue.ts'
import { type OptionAbout, optionTable } from '../src/process/options.ts'
import { SUBCOMMANDS } from '../src/process/subcommands.ts'

const keywords = (): readonly string[] =>
  [...new Set(catalogue().map(({ keyword }) => keyword))].filter((word) => /^[\w-]+$/.test(word)).sort()
const blockNames = (): readonly string[] => [...new Set(catalogue().flatMap(({ path }) => path))].sort()
const takesFile = ({ metavar }: OptionAbout): boolean => metavar === 'FILE'
const spellings = ({ short, long }: OptionAbout): readonly string[] => (short === undefined ? [`--${long}`] : [`-${short}`, `--${long}`])

/** For bash: options, files behind those that take one, and the words of `explain`. */
export function bashCompletion(): string {
  const files = optionTable.filter(takesFile).flatMap(spellings)
  return `# Made from the option and keyword tables by packaging/completion.ts.
_vipkeeper() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ \${COMP_WORDS[1]} == explain && COMP_CWORD -ge 2 ]]; then
    case $prev in
      --block) mapfile -t COMPREPLY < <(compgen -W '${blockNames().join(' ')}' -- "$cur"); return ;;
    esac
    if [[ \${COMP_WORDS[2]} == --pair && COMP_CWORD -ge 3 ]]; then
      mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return
    fi
    mapfile -t COMPREPLY < <(compgen -W '--list --pair --block ${keywords().join(' ')}' -- "$cur")
    return
  fi
  case $prev in
    ${files.join('|')}) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --signum) mapfile -t COMPREPLY < <(compgen -W '${choicesOf('signum')}' -- "$cur"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W '${choicesOf('format')}' -- "$cur"); return ;;
  esac
  local words='${optionTable.flatMap(spellings).join(' ')}'
  [[ COMP_CWORD -eq 1 ]] && words="${SUBCOMMANDS.map(({ word }) => word).join(' ')} $words"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _vipkeeper vipkeeper
`
}

/** For zsh, with what each option and keyword is for. */
export function zshCompletion(): string {
  const meanings = new Map(catalogue().map(({ keyword, about }) => [keyword, about.summary]))
  const described = keywords().map((keyword) => `    '${zsh(keyword)}:${zsh(meanings.get(keyword) ?? '')}'`)
  return `#compdef vipkeeper
# Made from the option and keyword tables by packaging/completion.ts.
_vipkeeper_keywords() {
  local -a keywords=(
${described.join('\n')}
  )
  _describe keyword keywords
}
_vipkeeper() {
  if [[ $words[2] == explain ]] && (( CURRENT > 2 )); then
    _arguments '2: :_vipkeeper_keywords' '--list[all keywords]' '--pair[two configurations]:file:_files:file:_files' '--block[in this block only]:block:(${blockNames().join(' ')})'
    return
  fi
  _arguments \\
${optionTable.map((option) => `    ${zshOption(option)}`).join(' \\\n')} \\
    '1: :(${SUBCOMMANDS.map(({ word }) => word).join(' ')})'
}
_vipkeeper "$@"
`
}

function zshOption(option: OptionAbout): string {
  const { argument, metavar, summary } = option
  const words = spellings(option)
  const value = argument === 'none' ? '' : `${argument === 'optional' ? ':' : ''}:${zsh(metavar)}:${takesFile(option) ? '_files' : ' '}`
  const text = `[${zsh(summary)}]${value}`
  return words.length === 1 ? `'${words[0]}${text}'` : `{${words.join(',')}}'${text}'`
}

const choicesOf = (long: string): string => {
  const option = optionTable.find((one) => one.long === long)
  if (long === 'signum') return (option?.summary.split(': ')[1] ?? '').replaceAll(',', '')
  return (option?.metavar ?? '').replaceAll('|', ' ')
}

/** Inside single quotes, brackets and colons. */
const zsh = (text: string): string => text.replace(/'/g, "'\\''").replace(/([[\]:])/g, '\\$1')
