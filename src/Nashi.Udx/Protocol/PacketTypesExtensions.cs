namespace Nashi.Udx.Protocol;

/// <summary>Questions to <see cref="PacketTypes"/>.</summary>
internal static class PacketTypesExtensions
{
    /// <summary>Whether any of some bits is set.</summary>
    public static bool Has(this PacketTypes all, PacketTypes some) => (all & some) != PacketTypes.None;
}
