namespace Nashi.Autobase;

/// <summary>The views of a base, by name.</summary>
public sealed class AutobaseViews
{
    private readonly List<AutobaseView> _all = [];
    private readonly Func<bool> _isApplying;
    private bool _isSealed;

    internal AutobaseViews(Func<bool> isApplying) => _isApplying = isApplying;

    /// <summary>All of them, in the order they were opened.</summary>
    internal IReadOnlyList<AutobaseView> All => _all;

    /// <summary>The view of a name.</summary>
    /// <exception cref="InvalidOperationException">A new name, after <see cref="IAutobaseHandler.Open"/> returned.</exception>
    public AutobaseView Get(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_all.Find(view => view.Name == name) is { } known) return known;
        if (_isSealed) throw new InvalidOperationException($"The view '{name}' was not opened when the base was.");
        if (name[0] == '_') throw new ArgumentException("Names that begin with '_' are the base's own.", nameof(name));
        var view = new AutobaseView(name, _isApplying);
        _all.Add(view);
        return view;
    }

    internal void Seal() => _isSealed = true;
}
