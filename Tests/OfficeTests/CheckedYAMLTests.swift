import CheckedYAML
import Testing

/// What people write in YAML, and what would stop the program.
@Suite struct CheckedYAMLTests {
    @Test(
        "what traps in the library, or takes for ever, is refused with its line",
        arguments: [
            "a: 1\nb: 9:59:59:59:59:59:59:59:59:59:59:59:59", "a: 1\nb: -9223372036854775_807:59",
            "a: 1\n? [1, 2]\n: 2",
        ])
    func refused(text: String) {
        let said = [
            #expect(throws: CheckedYAML.Refused.self) { _ = try CheckedYAML.load(text) },
            #expect(throws: CheckedYAML.Refused.self) { _ = try CheckedYAML.decode([String: Int].self, from: text) },
        ]
        #expect(said.allSatisfy { $0?.description.contains("line 2") == true })
    }

    @Test("aliases of aliases are refused")
    func aliases() {
        var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for level in 1...9 {
            let below = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(below)]\n"
        }
        #expect(throws: CheckedYAML.Refused.self) { try CheckedYAML.load(text) }
    }

    @Test("times of day, long numbers in quotes and plain numbers are as they are written")
    func taken() throws {
        let text = """
            opens: 7:30
            hours: 07:30-11:30
            host: 127.0.0.1:7520
            address: 2001:0:0:1
            stamp: "9:59:59:59:59:59:59:59:59:59:59:59:59"
            name: 04/KH-UBND
            """
        let texts = try CheckedYAML.decode([String: String].self, from: text)
        #expect(texts["opens"] == "7:30" && texts["hours"] == "07:30-11:30" && texts["host"] == "127.0.0.1:7520")
        #expect(texts["address"] == "2001:0:0:1" && texts["stamp"]?.hasPrefix("9:59") == true)
        #expect((try CheckedYAML.load(text) as? [String: Any])?["host"] as? String == "127.0.0.1:7520")
        #expect(try CheckedYAML.load("count: 12") as? [String: Int] == ["count": 12])
        #expect(try CheckedYAML.load("") == nil)
    }
}
