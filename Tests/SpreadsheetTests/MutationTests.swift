import OwnThread
import Spreadsheet
import Testing
import ZipArchive

/// Whatever a file's bytes are, it is read or refused, and nothing traps or hangs.
@Suite(.ownThread) struct MutationTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33 | state << 31
        }
    }

    private static var seed: HandWrittenWorkbook {
        var workbook = HandWrittenWorkbook(
            rows: """
                <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>45296.5</v></c><c t="e"><v>#N/A</v></c></row>
                <row r="3"><c t="inlineStr"><is><r><t>a&amp;&#225;</t></r></is></c><c><v>1.5E+3</v></c><!-- x --></row>
                <row><c t="str"><f>A1</f><v><![CDATA[x]]></v></c><c t="d"><v>2024-01-05T08:30:00</v></c></row>
                """)
        workbook.texts = "<sst><si><t>Quận 1_x000D_</t></si></sst>"
        workbook.setFormats(["dd/mm/yyyy", "[h]:mm", #""0"000"#])
        return workbook
    }

    private static let tokens = [
        "<", ">", "/>", "</c>", "<row>", "<row r=\"1048577\">", "&", ";", "&#x10FFFF;", "\"", "<![CDATA[", "]]>",
        "<!--", "<?",
        "r=\"XFD1048576\"", "s=\"9999999999\"", "t=\"s\"", "1e308", "-", "<!DOCTYPE", "\u{0}", "[", "d", "\\",
    ]

    @Test("bytes of the file are changed")
    func file() throws {
        var random = Random(state: 1)
        let seed = try Self.seed.bytes
        var refused = 0
        for _ in 0..<3_000 {
            var bytes = seed
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
                default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
                }
            }
            if !Self.isRead(bytes) { refused += 1 }
        }
        #expect(refused > 1_000)
    }

    @Test("the parts within are changed: what is accepted has its rows in order")
    func parts() throws {
        var random = Random(state: 2)
        var read = 0
        for round in 0..<6_000 {
            var workbook = Self.seed
            switch round % 5 {
            case 0: workbook.texts = Self.changed(workbook.texts, &random)
            case 1: workbook.styles = Self.changed(workbook.styles, &random)
            case 2: workbook.workbook = Self.changed(workbook.workbook, &random)
            default: workbook.sheet = Self.changed(workbook.sheet, &random)
            }
            if Self.isRead(try workbook.bytes) { read += 1 }
        }
        #expect(read > 200)
    }

    private static func changed(_ part: String, _ random: inout Random) -> String {
        var bytes = Array(part.utf8)
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes.insert(contentsOf: Array(tokens.randomElement(using: &random)?.utf8 ?? "".utf8), at: place)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...127, using: &random) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isRead(_ bytes: [UInt8]) -> Bool {
        do throws(SpreadsheetError) {
            let rows = try XLSXReader(bytes).rows()
            #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.number < $1.number })
            #expect(rows.allSatisfy { (1...1_048_576).contains($0.number) && $0.cells.count <= 16_384 })
            return true
        } catch {
            #expect(!error.description.isEmpty)
            return false
        }
    }
}
