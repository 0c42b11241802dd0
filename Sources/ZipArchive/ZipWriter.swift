import CZip

/// Makes a zip file in memory (libzip): the same bytes for the same files, whenever it is made.
public enum ZipWriter {
    /// A zip file of these files, in their order.
    /// - Throws: `ZipError.notWritten`, as where two have one name.
    public static func archive(_ files: [(name: String, bytes: [UInt8])]) throws(ZipError) -> [UInt8] {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let target = zip_source_buffer_create(nil, 0, 0, &error) else {
            throw .notWritten(String(cString: zip_error_strerror(&error)))
        }
        // It is read after the archive is closed, which frees it otherwise.
        zip_source_keep(target)
        defer { zip_source_free(target) }
        guard let archive = zip_open_from_source(target, ZIP_TRUNCATE, &error) else {
            zip_source_free(target)
            throw .notWritten(String(cString: zip_error_strerror(&error)))
        }
        var contents: [UnsafeMutableRawBufferPointer] = []
        defer { for content in contents { content.deallocate() } }
        for file in files {
            let content = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, file.bytes.count), alignment: 1)
            content.copyBytes(from: file.bytes)
            contents.append(content)
            guard add(file.name, content, file.bytes.count, to: archive) else {
                let reason = String(cString: zip_strerror(archive))
                zip_discard(archive)
                throw .notWritten("“\(file.name)”: \(reason)")
            }
        }
        guard zip_close(archive) == 0 else {
            let reason = String(cString: zip_strerror(archive))
            zip_discard(archive)
            throw .notWritten(reason)
        }
        return try bytes(of: target)
    }

    private static func add(
        _ name: String, _ content: UnsafeMutableRawBufferPointer, _ count: Int, to archive: OpaquePointer
    ) -> Bool {
        guard let source = zip_source_buffer(archive, content.baseAddress, zip_uint64_t(count), 0) else { return false }
        let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            return false
        }
        // 1 January 1980, the first day that a zip file knows.
        return zip_file_set_dostime(archive, zip_uint64_t(index), 0, 0x21, 0) == 0
    }

    private static func bytes(of source: OpaquePointer) throws(ZipError) -> [UInt8] {
        guard zip_source_open(source) == 0 else { throw .notWritten("it cannot be read back") }
        defer { zip_source_close(source) }
        var result: [UInt8] = []
        let step = 65_536
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count = zip_source_read(source, piece.baseAddress, zip_uint64_t(step))
            if count < 0 { throw .notWritten("it cannot be read back") }
            if count == 0 { return result }
            result.append(contentsOf: piece[0..<Int(count)])
        }
    }
}
