import CZip

/// A zip file in memory (libzip), as office documents and spreadsheets are.
public struct ZipReader: ~Copyable {
    private let archive: OpaquePointer
    /// libzip reads from it as long as the archive is open.
    private let bytes: UnsafeMutableRawBufferPointer

    /// Opens a file.
    /// - Throws: `ZipError.broken` where it is none.
    public init(_ file: [UInt8]) throws(ZipError) {
        (archive, bytes) = try Self.open(file)
    }

    private static func open(
        _ file: [UInt8]
    ) throws(ZipError) -> (archive: OpaquePointer, bytes: UnsafeMutableRawBufferPointer) {
        // libzip takes nothing for an archive of nothing.
        if file.isEmpty { throw .broken("it is empty") }
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 1)
        bytes.copyBytes(from: file)
        let source = zip_source_buffer_create(bytes.baseAddress, zip_uint64_t(file.count), 0, &error)
        if let source, let archive = zip_open_from_source(source, ZIP_RDONLY, &error) { return (archive, bytes) }
        zip_source_free(source)
        bytes.deallocate()
        throw .broken(String(cString: zip_error_strerror(&error)))
    }

    deinit {
        zip_discard(archive)
        bytes.deallocate()
    }

    /// The names of the files in it, in their order.
    public var names: [String] {
        (0..<max(0, zip_get_num_entries(archive, 0))).compactMap { index in
            zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
        }
    }

    /// One file, unpacked; nil = there is none of that name.
    /// - Parameter limit: bytes, beyond which nothing is unpacked.
    /// - Throws: `ZipError`.
    public func read(_ name: String, limit: Int) throws(ZipError) -> [UInt8]? {
        let index = zip_name_locate(archive, name, 0)
        guard index >= 0 else { return nil }
        guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else { throw .broken(reason) }
        defer { zip_fclose(file) }
        var result: [UInt8] = []
        let step = 65_536
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count = zip_fread(file, piece.baseAddress, zip_uint64_t(step))
            if count < 0 { throw .broken("“\(name)” is damaged") }
            if count == 0 { return result }
            if result.count + Int(count) > limit { throw .tooLarge(name: name, limit: limit) }
            result.append(contentsOf: piece[0..<Int(count)])
        }
    }

    private var reason: String { String(cString: zip_strerror(archive)) }
}
