/// Bytes that stay where they are until the arena is cleared, which a `ByteLog`'s do not: it moves when it grows.
final class Arena {
    private let memory: UnsafeMutableRawPointer
    private let room: Int
    private var used = 0

    /// - Parameter room: in bytes. What is never used of it takes no memory.
    init(room: Int) {
        self.room = room
        memory = .allocate(byteCount: room, alignment: 16)
    }

    deinit { memory.deallocate() }

    func clear() { used = 0 }

    /// - Returns: nil where there is no room for them.
    func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard used + bytes.count <= room else { return nil }
        let place = memory + used
        if let start = bytes.baseAddress { place.copyMemory(from: start, byteCount: bytes.count) }
        used += bytes.count
        return UnsafeRawBufferPointer(start: place, count: bytes.count)
    }
}
