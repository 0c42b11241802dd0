import ArgumentParser
import KipCore

/// What stands on the command line.
enum CommandWords {
    /// - Throws: `Failure` if a word is not UTF-8: what Swift makes of it has other letters than what was said; or if there is no
    ///   such command.
    static func check() throws {
        for place in 1..<max(1, Int(CommandLine.argc)) {
            guard let word = CommandLine.unsafeArgv[place] else { continue }
            guard String(validatingCString: word) == nil else { continue }
            throw Failure.data(
                "word \(place) of the command line is not UTF-8; set the terminal to UTF-8, or give the data in a file")
        }
        try checkNames(CommandLine.arguments.dropFirst(), of: Kip.self)
    }

    /// Names the command that was probably meant; the parser says no more than that a word is unexpected.
    static func checkNames(_ words: ArraySlice<String>, of command: any ParsableCommand.Type) throws(Failure) {
        var (command, path, words) = (command, "kip", words)
        if words.first == "help" { words = words.dropFirst() }
        while let word = words.popFirst(), !word.hasPrefix("-") {
            let all = command.configuration.subcommands
            guard !all.isEmpty else { return }
            guard let next = all.first(where: { names(of: $0).contains(word) }) else {
                let meant = NearestName.of(word, among: all.flatMap(names)).map { "; is “\($0)” meant?" } ?? ";"
                throw .usage(
                    "there is no command “\(path) \(TerminalText.printable(word).clipped(toBytes: 64))”\(meant) "
                        + "“\(path) --help” lists them")
            }
            command = next
            path += " \(word)"
        }
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }
}
