/// What a file is that was given for a workbook, by its first bytes.
enum FileSignature {
    private static let compound: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    private static let packers: [(name: String, beginning: [UInt8])] = [
        ("gzip", [0x1F, 0x8B]), ("7-Zip", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        ("RAR", [0x52, 0x61, 0x72, 0x21, 0x1A]),
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]),
        ("bzip2", [0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]),
    ]
    private static let pictures: [[UInt8]] = [
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], [0xFF, 0xD8, 0xFF], [0x47, 0x49, 0x46, 0x38], [0x49, 0x49, 0x2A, 0x00],
    ]

    /// Refuses what is no zip file, by the name of what it is.
    static func check(_ file: [UInt8]) throws(SpreadsheetError) {
        switch TableFormat.of(file) {
        case .workbook: return
        case .refused(let error): throw error
        case .webPage: throw .otherFormat("a web page under the name of a workbook")
        case .text:
            throw .notAWorkbook(file.isEmpty ? "it is empty" : "it does not begin as one")
        }
    }

    /// What is neither a zip file nor text; nil = it is one of these.
    static func refusal(of file: [UInt8]) -> SpreadsheetError? {
        if file.starts(with: compound) { return compoundFile(file) }
        // A compound file that is cut off.
        if file.count >= 4, file.starts(with: compound.prefix(4)) { return .notAWorkbook("it is cut off, or damaged") }
        if let program = packers.first(where: { file.starts(with: $0.beginning) }) { return .packed(program.name) }
        if pictures.contains(where: { file.starts(with: $0) }) { return .otherFormat("a picture") }
        if !file.isEmpty, file.prefix(4_096).allSatisfy({ $0 == 0 }) {
            return .notAWorkbook("it holds zeros only, it was not copied whole")
        }
        // BIFF 2 to 5 without a compound file around it.
        if file.count > 3, file[0] == 0x09, file[1] <= 0x08, file[1].isMultiple(of: 2), file[3] == 0 {
            return .otherFormat("an old .xls workbook")
        }
        return nil
    }

    /// A compound file (MS-CFB): the encrypted workbook that MS-OFFCRYPTO puts into one, or the old format. Its directory has
    /// entries of 128 bytes that begin with a name in UTF-16.
    private static func compoundFile(_ file: [UInt8]) -> SpreadsheetError {
        for start in stride(from: 512, to: file.count - 127, by: 128) {
            if hasName("EncryptedPackage", file, start) { return .protected }
            if hasName("Workbook", file, start) || hasName("Book", file, start) {
                return .otherFormat("an old .xls workbook")
            }
        }
        return .notAWorkbook("it is another kind of office file")
    }

    private static func hasName(_ name: StaticString, _ file: [UInt8], _ start: Int) -> Bool {
        for offset in 0...name.utf8CodeUnitCount {
            let letter = offset < name.utf8CodeUnitCount ? name.utf8Start[offset] : 0
            if file[start + 2 * offset] != letter || file[start + 2 * offset + 1] != 0 { return false }
        }
        return true
    }
}
