import CheckedYAML
import Testing

/// What people write in YAML, and what would stop the program.
@Suite struct CheckedYAMLTests {
    @Test(
        "what traps in the library, or takes for ever, is refused with its line",
        arguments: [
            "a: 1\nb: 9:59:59:59:59:59:59:59:59:59:59:59:59", "a: 1\nb: -99999999999999999999:1", "a: 1\n? [1, 2]\n: 2",
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
        let text = "opens: 7:30\nstamp: \"12:30:15:99:12\"\nname: 04/KH-UBND"
        #expect(
            try CheckedYAML.decode([String: String].self, from: text) == [
                "opens": "7:30", "stamp": "12:30:15:99:12", "name": "04/KH-UBND",
            ])
        #expect(try CheckedYAML.load("count: 12") as? [String: Int] == ["count": 12])
        #expect(try CheckedYAML.load("") == nil)
    }
}
