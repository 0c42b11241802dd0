import CXlsxWriter
import Foundation

/// A file without a name that lives in memory (Linux): nothing of it stays when the process ends.
struct MemoryFile: ~Copyable {
    private let descriptor: Int32

    init() throws(SpreadsheetError) {
        descriptor = spreadsheet_memory_file()
        if descriptor < 0 { throw .notWritten("there is no file in memory: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Under which this process can open it.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// What is in it.
    func bytes() throws(SpreadsheetError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .notWritten("it cannot be read back") }
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = pread(descriptor, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
                if read <= 0 { return }
                count += read
            }
        }
        guard bytes.count == size, size > 0 else { throw .notWritten("it cannot be read back") }
        return bytes
    }
}
