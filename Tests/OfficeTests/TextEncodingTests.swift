import Foundation
import Testing

@testable import Office

/// Files of before Unicode.
@Suite struct TextEncodingTests {
    static let text = """
        ma_ho_so,nguoi_nop,ly_do_tre
        H29-1,Nguyễn Thị Ánh Tuyết,Hồ sơ đất đai cần xác minh nguồn gốc sử dụng
        H29-2,Trần Văn Đức,"Chờ ý kiến của Phòng Tài nguyên và Môi trường"
        H29-3,Lê Hoàng Phước,Người nộp bổ sung giấy tờ chậm

        """

    /// The text as the C library's own program writes it.
    private func bytes(_ encoding: String, _ text: String = text) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["iconv", "-f", "UTF-8", "-t", encoding]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return [UInt8](data)
    }

    @Test(
        "each is recognised and read letter by letter",
        arguments: [
            ("UTF-8", TextEncoding.utf8), ("CP1258", .windows1258), ("TCVN5712-1", .tcvn3), ("UTF-16", .utf16),
        ])
    func read(name: String, encoding: TextEncoding) throws {
        let read = try TextEncoding.read(bytes(name))
        #expect(read.encoding == encoding)
        #expect(read.text.precomposedStringWithCanonicalMapping == Self.text)
    }

    @Test("the same for the other byte order, and for a mark before UTF-8")
    func marks() throws {
        var big: [UInt8] = [0xFE, 0xFF]
        for unit in Self.text.utf16 { big += [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
        #expect(try TextEncoding.read(big).text == Self.text)
        #expect(try TextEncoding.read([0xEF, 0xBB, 0xBF] + Array(Self.text.utf8)).text == Self.text)
        #expect(throws: OfficeError.self) { try TextEncoding.read(big.dropLast()) }
    }

    @Test("UTF-16 without a mark is known by its zeros; marks that stand twice, or were encoded again, are left out")
    func bare() throws {
        let little: [UInt8] = Self.text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big: [UInt8] = Self.text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for bytes in [little, big] {
            let read = try TextEncoding.read(bytes)
            #expect(read.encoding == .utf16)
            #expect(read.text == Self.text)
        }
        for marks in ["\u{FEFF}\u{FEFF}", "ï»¿", "\u{FEFF}ï»¿"] {
            #expect(try TextEncoding.read(Array((marks + Self.text).utf8)).text == Self.text)
        }
        #expect(try TextEncoding.read([0xFF, 0xFE, 0xFF, 0xFE] + little).text == Self.text)
    }

    @Test("a file that could be several, or is none, is refused")
    func unsure() throws {
        let cafe = Array("ma_ho_so\ncaf".utf8) + [0xE9, 0x0A]
        #expect(throws: OfficeError.self) { try TextEncoding.read(cafe) }
        #expect(throws: OfficeError.self) { try TextEncoding.read([0x80, 0x81, 0x82, 0xFF, 0x00]) }
    }

    @Test("one short word of a tone is enough", arguments: ["CP1258", "TCVN5712-1"])
    func short(name: String) throws {
        let text = "ma,ten\n1,Nguyễn Hữu Thọ\n2,Phường Bến Nghé\n"
        #expect(try TextEncoding.read(bytes(name, text)).text == text)
    }
}
