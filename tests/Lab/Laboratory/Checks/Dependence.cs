namespace Nashi.Laboratory.Checks;

/// <summary>On what a mapping, or the admission of a packet, depends.</summary>
internal enum Dependence
{
    Nothing,
    Address,
    AddressAndPort,
    Blocked,
}
