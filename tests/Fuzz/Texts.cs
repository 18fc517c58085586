namespace Nashi.Fuzz;

/// <summary>Seeds of formats that are text, or that have no vectors of their own.</summary>
internal static class Texts
{
    public const string Entry =
        """text:{"executable":false,"linkname":null,"blob":{"blockOffset":0,"blockLength":1,"byteOffset":0,"byteLength":9},"metadata":{"a":[1]}}""";

    public const string Hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    /// <summary>What a node remembers.</summary>
    public const string Nodes =
        "nashi nodes 1\nnode 127.0.0.1:49737\npeer 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 127.0.0.1:49738 127.0.0.1:49739\n";

    /// <summary>A header, and a block with a key "a", a value "b" and an index, as protobuf.</summary>
    public static IEnumerable<string> Bee { get; } = ["text:\u000a\u0008hyperbee", "text:\u000a\u0006\u000a\u0004\u000a\u0002\u0008\u0001\u0012\u0001a\u001a\u0001b"];

    public static IEnumerable<string> Links { get; } =
    [
        "text:pear://yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo",
        "text:pear://0.12.yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo/path?q#h",
        "text:pear://keet",
        "text:file:///etc/passwd",
    ];
}
