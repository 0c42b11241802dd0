/// What stands on the command line.
enum CommandWords {
    /// - Throws: `Failure` if a word is not UTF-8: what Swift makes of it has other letters than what was said.
    static func check() throws {
        for place in 1..<max(1, Int(CommandLine.argc)) {
            guard let word = CommandLine.unsafeArgv[place] else { continue }
            guard String(validatingCString: word) == nil else { continue }
            throw Failure.data(
                "word \(place) of the command line is not UTF-8; set the terminal to UTF-8, or give the data in a file")
        }
    }
}
