import ArgumentParser
import Foundation
import JobLibrary
import Office

/// Measures how many apology letters one core renders a second (`scripts/letter-speed`).
@main struct LetterSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kip-letter-speed",
        abstract: "Measures how many apology letters one core renders a second.",
        discussion: """
            Renders the letters about the late case files of a register, one after the other on one thread: each file is \
            read from the register, its data are checked, and its letter is made as a tagged PDF. Nothing is numbered. \
            The time is that of the processor.
            """)

    @Option(help: "The office's folder, with its register.")
    var office: String

    @Option(help: "The office's profile.")
    var profile: String

    @Option(help: "The days off.")
    var daysOff: String

    @Option(help: "The day of the letters.")
    var asOf: String

    @Option(help: "Letters of one run.")
    var count: Int = 1_000

    @Option(help: "Runs.")
    var times: Int = 3

    func run() throws {
        guard let date = LocalDate(asOf) else { throw ValidationError("--as-of is a day such as 2024-03-29") }
        let setup = try OfficeSetup(directory: office, profile: profile, daysOff: daysOff)
        let late = try setup.register.cases().filter { [.late, .pendingOverdue].contains($0.state(asOf: date)) }.map(
            \.code)
        guard !late.isEmpty else { throw ValidationError("the register has no late case files as of \(asOf)") }
        // Fonts and templates are read once in a worker's life.
        _ = try setup.previewLetter(late[0], promise: 1, asOf: date)
        for _ in 0..<times {
            let start = Self.processorSeconds
            var bytes = 0
            for number in 0..<count {
                bytes += try setup.previewLetter(late[number % late.count], promise: 1, asOf: date).pdf.count
            }
            let seconds = Self.processorSeconds - start
            print(String(format: "%.0f letters a second, %d bytes each", Double(count) / seconds, bytes / count))
        }
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
