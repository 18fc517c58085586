using System.Runtime.CompilerServices;

namespace Nashi.Cryptography;

/// <summary>libsodium's secretstream state: key 32, nonce 12, padding 8.</summary>
[InlineArray(52)]
internal struct SecretStreamState
{
    private byte _first;
}
