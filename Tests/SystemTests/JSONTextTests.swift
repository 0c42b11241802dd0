import Foundation
import KipCore
import Testing

@testable import kip

/// JSON as it is read and as it is nested in what `--json` prints.
@Suite struct JSONTextTests {
    private func compact(_ text: String) -> String? { try? JSONText(Array(text.utf8)).compact }

    @Test("blanks go, and all else stays byte for byte")
    func compacts() {
        #expect(compact(" { \"a\" : [ 1.10 , -2e+5, \"x y\\u00e9\" ] } \n") == "{\"a\":[1.10,-2e+5,\"x y\\u00e9\"]}")
        #expect(compact("12345678901234567890123") == "12345678901234567890123")
        #expect(compact("\"\"") == "\"\"")
        #expect(compact("null") == "null")
    }

    @Test(
        "what is no JSON is none",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.", ".5", "+1", "tru", "\"\n\"", "\"\\x\"",
            "\"\\u12G4\"", "1 2", "[1]]", "NaN", "\"a", "{\"a\" 1}", "-",
        ])
    func refuses(text: String) {
        #expect(compact(text) == nil)
        #expect(
            (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) == nil
                || ["[1,]", "{\"a\":1,}"].contains(text))
    }

    @Test(
        "a key that stands twice is found, however it is spelt and however deep",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"[{"b":{"x":1,"y":2,"x":3}}]"#, #"{"\ud83d\ude00":1,"😀":2}"#,
        ])
    func keyTwice(text: String) {
        #expect(throws: JSONText.Problem.self) { try JSONText(Array(text.utf8)) }
    }

    @Test("one key in two objects is no key twice; a broken letter and a bottomless depth are found")
    func others() {
        #expect(compact(#"[{"a":1},{"a":{"a":2}}]"#) != nil)
        #expect(throws: JSONText.Problem.notUTF8(byte: 2)) { try JSONText([0x22, 0x61, 0xFF, 0x22]) }
        #expect(throws: JSONText.Problem.tooDeep) { try JSONText(Array(String(repeating: "[", count: 100_000).utf8)) }
    }

    private struct Shown: Encodable {
        let error: String
        let payload: NestedJSON
        let text: NestedJSON
    }

    @Test("a payload that is JSON stands as JSON in an object, number for number; another stands as a text")
    func nests() throws {
        let payload = Array(#"{"n": 12345678901234567890, "t": "a\"}\\"}"#.utf8)
        let shown = Shown(error: #"{"x":1}"#, payload: NestedJSON(payload), text: NestedJSON(Array("no JSON".utf8)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = try NestedJSON.unwrap(encoder.encode(shown))
        #expect(
            text
                == #"{"error":"{\"x\":1}","payload":{"n":12345678901234567890,"t":"a\"}\\"},"text":"no JSON"}"#)
    }
}
