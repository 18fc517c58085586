using Nashi.Cryptography;

namespace Nashi.Hypercore.State;

internal sealed partial class CoreState
{
    public KeyPair? KeyPair => _keyPair;
}
