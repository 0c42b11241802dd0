/// Bytes that are written one after the other, in memory of its own that is used again: a log of every batch is no place for
/// the checks of an array.
struct ByteLog: ~Copyable {
    private var memory: UnsafeMutableRawPointer
    private var room: Int
    private(set) var count = 0

    init(room: Int = 4_096) {
        self.room = max(1, room)
        memory = .allocate(byteCount: self.room, alignment: 8)
    }

    deinit { memory.deallocate() }

    /// What a large batch took is given back.
    mutating func clear() {
        count = 0
        if room <= Self.kept { return }
        memory.deallocate()
        room = Self.kept
        memory = .allocate(byteCount: room, alignment: 8)
    }

    private static let kept = 4 << 20

    /// What was written; it must not leave the closure.
    borrowing func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    mutating func write(byte: UInt8) {
        reserve(1)
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func write(word: UInt64) {
        reserve(8)
        memory.storeBytes(of: word.bigEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    /// As protobuf writes signed integers: zigzag, seven bits in a byte.
    mutating func write(number: Int64) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        reserve(10)
        while rest >= 0x80 {
            memory.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
            count += 1
            rest >>= 7
        }
        memory.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// With its length before it.
    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// With their number before them.
    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) {
        write(number: Int64(bytes.count))
        reserve(bytes.count)
        if let start = bytes.baseAddress { (memory + count).copyMemory(from: start, byteCount: bytes.count) }
        count += bytes.count
    }

    private mutating func reserve(_ more: Int) {
        if count + more <= room { return }
        room = 2 * (count + more)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 8)
        larger.copyMemory(from: memory, byteCount: count)
        memory.deallocate()
        memory = larger
    }
}
