using Nashi.Encoding;

namespace Nashi.Lan.Protocol;

/// <summary>What this machine offers and looks for, whatever the interface.</summary>
internal sealed class LanInterests(int port, bool offersNode, int maxTargets)
{
    private readonly Dictionary<LanTarget, List<PublicKey>> _offers = [];
    private readonly Dictionary<LanTarget, int> _wants = [];

    /// <summary>The port of the DHT node.</summary>
    public int Port => port;

    /// <summary>Whether there is anything to be found for.</summary>
    public bool IsActive => offersNode || _offers.Count > 0;

    /// <summary>What is offered, with the public keys that serve it; none for a peer.</summary>
    public IReadOnlyDictionary<LanTarget, List<PublicKey>> Offers => _offers;

    /// <summary>What is looked for.</summary>
    public IEnumerable<LanTarget> Wants => _wants.Keys;

    /// <summary>How many targets are looked for.</summary>
    public int WantCount => _wants.Count;

    /// <summary>Offers a target once more.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryOffer(LanTarget target, PublicKey? key)
    {
        if (!_offers.TryGetValue(target, out var keys))
        {
            if (_offers.Count >= maxTargets) return false;
            _offers[target] = keys = [];
        }

        // A peer is counted by an empty key, a topic by its servers'.
        keys.Add(key ?? default);
        return true;
    }

    /// <summary>Takes one offer back.</summary>
    public void Withdraw(LanTarget target, PublicKey? key)
    {
        if (!_offers.TryGetValue(target, out var keys)) return;
        keys.Remove(key ?? default);
        if (keys.Count == 0) _offers.Remove(target);
    }

    /// <summary>Looks for a target once more.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryWant(LanTarget target)
    {
        if (_wants.TryGetValue(target, out var count)) _wants[target] = count + 1;
        else if (_wants.Count >= maxTargets) return false;
        else _wants[target] = 1;
        return true;
    }

    /// <summary>Ends one search.</summary>
    public void Unwant(LanTarget target)
    {
        if (!_wants.TryGetValue(target, out var count)) return;
        if (count > 1) _wants[target] = count - 1;
        else _wants.Remove(target);
    }
}
