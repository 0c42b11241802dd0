import Foundation
import KipCore

/// libFuzzer of LLVM, where the tests are built with its coverage and linked with it (`scripts/fuzz`): it keeps inputs that
/// reach new code and goes on from them. It takes one parser a process, and ends the process when it has done its runs.
enum LibFuzzer {
    private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private typealias Driver =
        @convention(c) (
            UnsafeMutablePointer<CInt>, UnsafeMutablePointer<Arguments?>, Callback
        ) -> CInt

    /// What is called for each input. Its C callback carries no context, and only one driver runs in a process.
    nonisolated(unsafe) private static var parse: (([UInt8]) -> Void)?

    private static var driver: Driver? {
        dlsym(nil, "LLVMFuzzerRunDriver").map { unsafeBitCast($0, to: Driver.self) }
    }

    /// Whether this process was built for it.
    static var isThere: Bool { driver != nil }

    /// Runs the parser and ends the process.
    /// - Parameters:
    ///   - corpus: to begin with.
    ///   - tokens: what the parser knows.
    ///   - parse: returns for what it accepts and for what it refuses; what it traps on is a fault.
    static func run(
        _ name: String, corpus: [[UInt8]], tokens: [String], executions: Int, seed: UInt64,
        _ parse: @escaping ([UInt8]) -> Void
    ) throws -> Never {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-fuzz-\(name)-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, input) in corpus.enumerated() {
            try Data(input).write(to: folder.appendingPathComponent("seed-\(number)"))
        }
        let dictionary = folder.path + ".dictionary"
        try tokens.filter { !$0.isEmpty }.map(entry).joined(separator: "\n").write(
            toFile: dictionary, atomically: true, encoding: .utf8)
        Self.parse = parse
        let length = ProcessInfo.processInfo.environment["KIP_FUZZ_LENGTH"] ?? "1024"
        let options = [
            "fuzz", "-runs=\(executions)", "-seed=\(seed)", "-max_len=\(length)", "-timeout=20", "-rss_limit_mb=4096",
            "-print_final_stats=1", "-verbosity=0", "-reload=0", "-dict=\(dictionary)",
            "-artifact_prefix=\(folder.path)-", folder.path,
        ]
        var words: [UnsafeMutablePointer<CChar>?] = options.map { $0.withCString { strdup($0) } } + [nil]
        var count = CInt(options.count)
        words.withUnsafeMutableBufferPointer { words in
            var arguments = words.baseAddress
            _ = driver?(&count, &arguments) { bytes, count in
                LibFuzzer.parse?(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
        exit(0)
    }

    /// A line of libFuzzer's dictionaries: bytes that are not plain are written as `\xAB`.
    private static func entry(_ token: String) -> String {
        let text = token.utf8.map { byte in
            (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C
                ? String(UnicodeScalar(byte)) : String(format: "\\x%02X", byte)
        }
        return "\"\(text.joined())\""
    }
}

/// A property of a parser that an input broke.
struct BrokenProperty: Error {
    var text: String
}

/// Holds a property of a parser.
/// - Throws: `BrokenProperty`, which is a fault, unlike what a parser throws.
func hold(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw BrokenProperty(text: text()) }
}
