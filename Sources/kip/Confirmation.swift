import Foundation

/// Asks before something is done that cannot be taken back.
enum Confirmation {
    /// Somebody can be asked: questions go to stderr, answers come from stdin.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// - Parameters:
    ///   - isGiven: the option that says yes was given.
    ///   - option: that option, for who cannot be asked.
    /// - Throws: `Failure` if the answer is not yes; nothing was changed then.
    static func ask(_ question: String, isGiven: Bool, option: String) throws {
        if isGiven { return }
        guard canAsk else { throw Failure.usage("\(question) Say \(option) if it is meant; nothing was changed") }
        Terminal.say("kip: \(question) y/n")
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure.usage("nothing was changed") }
    }
}
