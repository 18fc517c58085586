using Nashi.Cryptography;

namespace Nashi.Hypercore;

/// <content>The key that signs the core.</content>
public sealed partial class Core
{
    /// <summary>The key pair that signs this core, when we hold it: a core derived from this one may have the same signer.</summary>
    public KeyPair? KeyPair => _state.KeyPair;
}
