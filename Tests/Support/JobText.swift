/// A job as a pool writes it, with one member changed or taken away.
package func jobText(
    id: String = "\"J1\"", blob: String = sampleBlob, target: String = "\"b88d0600\"", changing: [String: String?] = [:]
) -> String {
    var members = [
        "job_id": id, "blob": "\"\(blob)\"", "target": target, "height": "3000000",
        "seed_hash": "\"\(String(repeating: "5a", count: 32))\"", "algo": "\"rx/0\"",
    ]
    for (name, value) in changing { members[name] = value }
    return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
}

/// A blob of 76 bytes: versions 16 and 16, a timestamp of five bytes, nonce zero at 39.
package let sampleBlob = blobText()

package func blobText(
    major: String = "10", timestamp: String = "ebc285d806", nonce: String = "00000000", tail: Int = 33
)
    -> String
{
    major + "10" + timestamp + String(repeating: "41", count: 32) + nonce + String(repeating: "6c", count: tail)
}
