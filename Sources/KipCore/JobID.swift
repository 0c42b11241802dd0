#if canImport(Glibc)
    import Glibc
#endif

/// The identity of a job: a UUIDv7 (RFC 9562, section 5.7), so that ids grow with time and the store's key grows at
/// its end.
///
/// A producer makes the id. Sending the same job again after a lost reply is then harmless: the broker answers
/// `existing`.
public struct JobID: Hashable, Sendable, Comparable {
    /// The first eight bytes, big endian.
    public let high: UInt64
    /// The last eight bytes, big endian.
    public let low: UInt64

    /// An id from its two halves, big endian.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id: 48 bits of the clock, then a counter that grows within a millisecond, then random bits.
    public init() {
        self = Self.generator.next(at: Timestamp.now())
    }

    /// An id of a moment with random bits of the caller's, for who needs the same ids again, such as a simulation.
    public init(at now: Timestamp, using random: inout SplitMix64) {
        self.init(
            high: UInt64(max(0, now.milliseconds)) << 16 | 0x7000 | random.next() & 0xFFF,
            low: random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Older ids first.
    public static func < (left: JobID, right: JobID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    private static let generator = Generator()
}

extension JobID {
    /// What tables of ids look for, at a tenth of the price of the standard library's general hash (SipHash), which some
    /// fifteen looks of each job would pay: one multiplication whose halves are folded into each other (Wang Yi, wyhash, 2019).
    /// Whoever chooses ids does not know this process's secret, so he cannot make them meet in one place.
    public func _rawHashValue(seed: Int) -> Int {
        let secret = Self.secret
        let product = (low ^ secret.low ^ UInt64(bitPattern: Int64(seed))).multipliedFullWidth(by: high ^ secret.high)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }

    /// The same in every process where the standard library's hash is (`SWIFT_DETERMINISTIC_HASHING`).
    private static let secret: (high: UInt64, low: UInt64) =
        getenv("SWIFT_DETERMINISTIC_HASHING") != nil
        ? (0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03)
        : (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
}

extension JobID {
    /// An id from 16 bytes.
    /// - Returns: nil where there are not 16.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    /// As `init(bytes:)`, where nobody has made a collection of them.
    /// - Returns: nil where there are not 16 of them.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// An id from its usual text, `01890a5d-ac96-774b-bcce-b302099a8057`, in either case.
    /// - Returns: nil where the text is not a UUID.
    public init?(_ text: String) {
        var text = text
        guard let id = text.withUTF8({ JobID(text: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = id
    }

    /// As `init(_:)`, where nobody has made a string of it.
    /// - Returns: nil where the text is not a UUID.
    init?(text: UnsafeRawBufferPointer) {
        guard let halves = HexText.halves(ofUUID: text) else { return nil }
        self.init(high: halves.high, low: halves.low)
    }

    /// Writes the usual text, 36 bytes.
    func write(into text: UnsafeMutableRawBufferPointer) { HexText.write(high: high, low: low, asUUIDInto: text) }

    /// The 16 bytes, as the store keeps them.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
            count = 16
        }
    }
}

extension JobID: CustomStringConvertible {
    /// The usual text in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            write(into: UnsafeMutableRawBufferPointer(buffer))
            return 36
        }
    }
}

extension JobID: Codable {
    /// Reads the usual text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = JobID(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is not a job id (a UUID)")
        }
        self = id
    }

    /// Writes the usual text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension JobID {
    /// Makes ids that grow, also within one millisecond (RFC 9562, section 6.2, method 1: a 12-bit counter, which
    /// borrows from the next millisecond when it is full).
    final class Generator: Sendable {
        private struct State {
            var milliseconds: UInt64 = 0
            var counter: UInt64 = 0
            /// Random bits of the system, some at a time: each asking is a call of the kernel.
            var random: [UInt64] = []

            mutating func advance(to now: UInt64) {
                if now > milliseconds {
                    (milliseconds, counter) = (now, 0)
                } else if counter < 0xFFF {
                    counter += 1
                } else {
                    (milliseconds, counter) = (milliseconds + 1, 0)
                }
            }

            mutating func nextRandom() -> UInt64 {
                if let word = random.popLast() { return word }
                random = RandomWords.make()
                return random.removeLast()
            }
        }

        private let state = Guarded(State())

        func next(at now: Timestamp) -> JobID {
            state.withLock { state in
                state.advance(to: UInt64(max(0, now.milliseconds)))
                return JobID(
                    high: state.milliseconds << 16 | 0x7000 | state.counter,
                    low: state.nextRandom() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
            }
        }
    }
}
