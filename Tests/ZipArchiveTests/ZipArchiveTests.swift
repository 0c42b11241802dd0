import Foundation
import Testing
import ZipArchive

@Suite struct ZipArchiveTests {
    private let files: [(name: String, bytes: [UInt8])] = [
        ("[Content_Types].xml", Array("<Types/>".utf8)), ("word/tệp.xml", Array(repeating: 65, count: 200_000)),
        ("empty", []),
    ]

    @Test("what was packed is unpacked as it was, in its order; the same files make the same bytes")
    func roundTrip() throws {
        let bytes = try ZipWriter.archive(files)
        #expect(bytes.count < 2_000)
        #expect(try ZipWriter.archive(files) == bytes)
        let reader = try ZipReader(bytes)
        #expect(reader.names == files.map(\.name))
        for file in files { #expect(try reader.read(file.name, limit: 200_000) == file.bytes) }
        #expect(try reader.read("other", limit: 1) == nil)
    }

    @Test("a file that unpacks to more than is wanted is refused")
    func bomb() throws {
        let reader = try ZipReader(try ZipWriter.archive(files))
        #expect(throws: ZipError.tooLarge(name: "word/tệp.xml", limit: 199_999)) {
            try reader.read("word/tệp.xml", limit: 199_999)
        }
    }

    @Test("what is no zip file, is cut off or is changed is refused")
    func broken() throws {
        let bytes = try ZipWriter.archive(files)
        for wrong in [[], Array("ma_ho_so;".utf8), Array(bytes.dropLast(30))] {
            #expect(throws: ZipError.self) { _ = try ZipReader(wrong) }
        }
        var changed = bytes
        for index in 110..<190 { changed[index] ^= 0x55 }
        #expect(throws: ZipError.self) {
            let reader = try ZipReader(changed)
            for name in reader.names { _ = try reader.read(name, limit: 1_000_000) }
        }
    }

    @Test("two files of one name are refused")
    func twice() {
        #expect(throws: ZipError.self) { try ZipWriter.archive([("a", [1]), ("a", [2])]) }
    }

    @Test("another reader finds nothing wrong")
    func another() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString).zip").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(try ZipWriter.archive(files)).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-m", "zipfile", "--test", path]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
