using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>The domain separators of the log: <c>namespace("hypercore", 6)</c>. Spec: data.md §2.1, vector V2.</summary>
internal static class HypercoreNamespaces
{
    private static readonly Bytes32[] All = Namespaces.DeriveMany("hypercore", 6);

    public static Bytes32 Tree => All[0];

    public static Bytes32 ReplicateInitiator => All[1];

    public static Bytes32 ReplicateResponder => All[2];

    public static Bytes32 Manifest => All[3];

    public static Bytes32 DefaultSigner => All[4];

    public static Bytes32 DefaultEncryption => All[5];
}
