import Foundation
import KipCore
import Testing

/// Throws mutated inputs at a parser. The same seed makes the same inputs. What was thrown last stands in a file, so that
/// an input that ends the process can be had again.
struct Fuzzer {
    /// Executions of each parser: few in a test run, many where KIP_FUZZ says so (`scripts/fuzz`).
    static let executions = ProcessInfo.processInfo.environment["KIP_FUZZ"].flatMap { Int($0) } ?? 3_000
    private static let seed = ProcessInfo.processInfo.environment["KIP_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    /// Longer inputs find no more faults, only fewer in the time.
    private static let longest = 4_096

    let name: String
    let tokens: [String]
    private var corpus: [[UInt8]] = []
    private var random: SplitMix64

    /// - Parameters:
    ///   - name: of the folder in Corpus.
    ///   - tokens: what the parser knows; put in here and there.
    init(_ name: String, tokens: [String], transform: ([UInt8]) -> [UInt8] = { $0 }) throws {
        self.name = name
        self.tokens = tokens
        random = SplitMix64(seed: Self.seed)
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Corpus/\(name)")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            corpus.append(transform([UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))))
        }
    }

    /// Runs the parser.
    /// - Parameter parse: throws for what it refuses; a trap is a fault, and so is a `BrokenProperty`.
    mutating func run(_ parse: @escaping ([UInt8]) throws -> Void) throws {
        if LibFuzzer.isThere {
            try LibFuzzer.run(name, corpus: corpus, tokens: tokens, executions: Self.executions, seed: Self.seed) {
                if case .broken(let text) = Self.judge($0, parse) { fatalError(text) }
            }
        }
        let last = LastInput(name)
        var accepted = 0
        for input in corpus { accepted += Self.accepts(input, last, parse) }
        #expect(accepted > 0, "no seed of \(name) is accepted")
        for _ in 0..<Self.executions { accepted += Self.accepts(mutated(), last, parse) }
        last.forget()
    }

    private static func accepts(_ input: [UInt8], _ last: LastInput, _ parse: ([UInt8]) throws -> Void) -> Int {
        last.note(input)
        switch judge(input, parse) {
        case .accepted: return 1
        case .refused: return 0
        case .broken(let text):
            Issue.record("\(text): \(String(decoding: input, as: UTF8.self).debugDescription)")
            return 0
        }
    }

    private enum Verdict {
        case accepted, refused, broken(String)
    }

    private static func judge(_ input: [UInt8], _ parse: ([UInt8]) throws -> Void) -> Verdict {
        do {
            try parse(input)
            return .accepted
        } catch let broken as BrokenProperty {
            return .broken(broken.text)
        } catch {
            return .refused
        }
    }

    private mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }

    private mutating func mutated() -> [UInt8] {
        var input = corpus[number(corpus.count)]
        for _ in 0...number(6) { mutate(&input) }
        return Array(input.prefix(Self.longest))
    }

    private mutating func mutate(_ input: inout [UInt8]) {
        let place = number(input.count + 1)
        switch number(9) {
        case 0 where !input.isEmpty: input[number(input.count)] ^= 1 << UInt8(number(8))
        case 1 where !input.isEmpty: input[number(input.count)] = UInt8(number(256))
        case 2: input.insert(contentsOf: (0...number(8)).map { _ in UInt8(number(256)) }, at: place)
        case 3 where !input.isEmpty:
            input.removeSubrange(min(place, input.count - 1)..<min(input.count, place + 1 + number(20)))
        case 4 where !input.isEmpty:
            let start = number(input.count)
            input.insert(contentsOf: input[start..<min(input.count, start + 1 + number(60))], at: place)
        case 5: input.insert(contentsOf: Array(tokens[number(tokens.count)].utf8), at: place)
        case 6:
            let other = corpus[number(corpus.count)]
            input = Array(input.prefix(place)) + other.suffix(number(other.count + 1))
        case 7: replaceNumber(in: &input, from: place)
        default: input = Array(input.prefix(place))
        }
    }

    /// Numbers at the edges of what integers hold.
    private mutating func replaceNumber(in input: inout [UInt8], from place: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = input[min(place, input.count)...].firstIndex(where: isDigit) else { return }
        let end = input[start...].firstIndex { !isDigit($0) } ?? input.count
        let edges = ["0", "-1", "255", "65536", "2147483648", "9223372036854775807", "9223372036854775808", "1e309"]
        input.replaceSubrange(start..<end, with: Array(edges[number(edges.count)].utf8))
    }
}

/// The input that is being parsed, in memory that outlives the process: a file that is mapped.
private final class LastInput {
    private static let room = 8_192
    private let path: String
    private let memory: UnsafeMutableRawPointer?

    init(_ name: String) {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("kip-fuzz-\(name)-\(getpid())").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        ftruncate(descriptor, Self.room)
        let mapped = mmap(nil, Self.room, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        memory = mapped == MAP_FAILED ? nil : mapped
        close(descriptor)
    }

    func note(_ input: [UInt8]) {
        guard let memory else { return }
        let count = min(input.count, Self.room - 8)
        memory.storeBytes(of: Int64(count), as: Int64.self)
        input.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { (memory + 8).copyMemory(from: base, byteCount: count) }
        }
    }

    /// All went well: nothing is left behind.
    func forget() {
        if let memory { munmap(memory, Self.room) }
        unlink(path)
    }
}
