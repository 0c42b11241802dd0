import ArgumentParser
import CPDFCompression
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
            Beside each run stands what Pango and Cairo alone need for the same words in the same faces, and the ratio of \
            the two, which says more than the figures: they differ between machines. The time is that of the processor.
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
        guard count > 0 else { throw ValidationError("--count is at least 1") }
        let setup = try OfficeSetup(directory: office, profile: profile, daysOff: daysOff)
        let late = try setup.register.cases().filter { [.late, .pendingOverdue].contains($0.state(asOf: date)) }.map(
            \.code)
        guard !late.isEmpty else { throw ValidationError("the register has no late case files as of \(asOf)") }
        let plain = try PlainPages()
        let codes = (0..<count).map { late[$0 % late.count] }
        // Fonts and templates are read once in a worker's life.
        _ = try setup.previewLetter(late[0], promise: 1, asOf: date)
        for _ in 0..<times {
            let letters = try Self.measure {
                try codes.map { try setup.previewLetter($0, promise: 1, asOf: date).pdf.count }.reduce(0, +)
            }
            let documents = try codes.map { try setup.letterDocument($0, promise: 1, asOf: date) }
            pdf_compression_use_zlib_default(1)
            let alone = Self.measure { documents.map { plain.draw($0) }.reduce(0, +) }
            pdf_compression_use_zlib_default(0)
            print(
                String(
                    format: "%.0f letters a second, %d bytes each; Pango and Cairo alone: %.0f, %d bytes; ratio %.2f",
                    Double(count) / letters.seconds, letters.bytes / count, Double(count) / alone.seconds,
                    alone.bytes / count, alone.seconds / letters.seconds))
        }
    }

    private static func measure(_ work: () throws -> Int) rethrows -> (seconds: Double, bytes: Int) {
        let start = processorSeconds
        let bytes = try work()
        return (processorSeconds - start, bytes)
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
