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

    private struct Desk: Codable {
        enum Way: String, Codable { case mail, print }
        struct Place: Codable { var number: Int }
        var name: String
        var isOpen: Bool?
        var ways: [Way]?
        var places: [Place]?
    }

    @Test(
        "what is of another kind than wanted is told in words, by its line",
        arguments: [
            ("name: Lan\nisOpen: perhaps", "line 2: “isOpen” is not true or false"),
            ("name: Lan\nplaces:\n  - number: 1\n  - number: many", "line 4: “places.2.number” is not a whole number"),
            ("name: Lan\nplaces: many", "line 2: “places” is not a list"),
            ("name: [Lan]", "line 1: “name” is not a single value"),
            (
                "name: Lan\nways: [print, email]",
                "line 2: “ways.2” is “email”, which is none of the words that it may be"
            ),
            ("isOpen: true", "line 1: “name” is missing"),
            ("isOpen: true\nnmae: Lan", "line 1: “name” is missing; line 2 has “nmae”"),
            ("- Lan", "line 1: the whole is not a map of settings"),
        ])
    func words(text: String, words: String) {
        let error = #expect(throws: DecodingError.self) { _ = try CheckedYAML.decode(Desk.self, from: text) }
        #expect(error.map { CheckedYAML.words(for: $0, in: text) } == words)
    }
}
